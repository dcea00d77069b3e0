"""SQS: corrections of moto."""
