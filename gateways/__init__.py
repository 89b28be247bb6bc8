"""Outward channels: letters, SMS and e-mail by contract, with clients and local stand-ins."""
