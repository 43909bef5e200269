"""Whether the items measure the constructs."""
