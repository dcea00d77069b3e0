"""AWS on your machine: moto, Personalize, Cloud Control and a Lambda runtime behind one endpoint."""
