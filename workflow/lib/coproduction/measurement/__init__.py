"""Do the items measure the constructs?"""
