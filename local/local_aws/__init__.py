"""AWS on one machine: moto, Personalize, Cloud Control and a Lambda runtime behind one endpoint."""
