"""Code that the Lambda functions share. A function's zip holds the modules of it that the function imports."""
