"""What must hold before the first apply of an environment, checked without changing anything."""
