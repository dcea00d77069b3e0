import { startPage } from "./page.js";
import { fillByDate, fillForYou, fillTrending } from "./shelves.js";

const section = (id) => document.getElementById(id);

startPage(() => Promise.all([fillForYou(section("for-you")), fillTrending(section("trending")), fillByDate(section("new"), section("waiting"))]));
