"""What a step of the workflow reads, writes and rests on."""
