"""The rules of each regulation, and what implements and proves them."""
