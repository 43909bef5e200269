"""What a notebook calls: the functions of the rooms over tables, in plain words."""
