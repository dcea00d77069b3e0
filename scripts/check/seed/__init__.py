"""What Amazon Personalize would refuse in CSV files of interactions and items."""
