// Where the browser API is: Terraform's output browser_api_url. `make up` and the module site write this file themselves.
export const endpoint = "";
// A login that asks for no password: { address, audience }. Only the local AWS has one; without it there is no button.
export const login = null;
