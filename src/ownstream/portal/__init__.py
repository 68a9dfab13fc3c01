"""Where users of the user pool sign in and choose what to open."""
