"""The truth file: its content, how it is read and what is checked."""
