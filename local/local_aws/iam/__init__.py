"""Who may do what: policies, keys and trust, checked for every call and written down."""
