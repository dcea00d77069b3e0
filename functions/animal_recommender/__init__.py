"""The small library that the Lambda functions share; packaging vendors the modules each function imports."""
