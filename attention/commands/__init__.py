"""The terminal commands, one module a subject; importing a module puts its commands on the command line."""
