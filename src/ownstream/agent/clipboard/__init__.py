"""The clipboard of a session: the applications', and by policy that of the user's own device."""
