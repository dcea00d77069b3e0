"""What is generated from the code: Lambda packages, and the tables in the modules' READMEs."""
