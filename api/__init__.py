"""The HTTP interface: what people and other systems see and do."""
