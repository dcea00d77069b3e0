"""DynamoDB: corrections of moto."""
