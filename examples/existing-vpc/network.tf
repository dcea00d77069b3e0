# Stands for a network that you have already. The functions need no way in. They reach AWS services inside Amazon's
# network: through gateway endpoints, which are free, and interface endpoints, which cost money every hour.

locals {
  # What the code of the functions calls. Lambda itself reads the stream, writes the logs and sends the traces.
  gateway_services = ["dynamodb", "s3"]
  interface_services = [
    "monitoring", "personalize", "personalize-events", "personalize-runtime", "sns", "sqs", "ssm", "states",
  ]
}

resource "aws_vpc" "this" {
  #checkov:skip=CKV2_AWS_11:This VPC stands for one that exists already; flow logs belong to that network
  cidr_block           = var.cidr_block
  enable_dns_hostnames = true # the private names of interface endpoints need it
  enable_dns_support   = true

  tags = { Name = var.environment }
}

# Without rules: whatever is put in the VPC without a security group can neither send nor receive.
resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.this.id
}

resource "aws_subnet" "private" {
  for_each = toset(["a", "b"])

  vpc_id            = aws_vpc.this.id
  availability_zone = "${var.region}${each.key}"
  cidr_block        = cidrsubnet(var.cidr_block, 8, index(["a", "b"], each.key))

  tags = { Name = "${var.environment}-private-${each.key}" }
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.environment}-private" }
}

resource "aws_route_table_association" "private" {
  for_each = aws_subnet.private

  subnet_id      = each.value.id
  route_table_id = aws_route_table.private.id
}

resource "aws_security_group" "functions" {
  #checkov:skip=CKV2_AWS_5:The functions have it, through the variable vpc_config of the module, which checkov does not follow
  name        = "${var.environment}-functions"
  description = "Functions: HTTPS out, nothing in"
  vpc_id      = aws_vpc.this.id
}

resource "aws_vpc_security_group_egress_rule" "functions" {
  security_group_id = aws_security_group.functions.id
  description       = "HTTPS to AWS services"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "0.0.0.0/0" # gateway endpoints have public addresses
}

resource "aws_security_group" "endpoints" {
  name        = "${var.environment}-endpoints"
  description = "Interface endpoints: HTTPS from the functions"
  vpc_id      = aws_vpc.this.id
}

resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  security_group_id            = aws_security_group.endpoints.id
  description                  = "HTTPS from the functions"
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
  referenced_security_group_id = aws_security_group.functions.id
}

resource "aws_vpc_endpoint" "gateway" {
  for_each = toset(local.gateway_services)

  vpc_id            = aws_vpc.this.id
  service_name      = "com.amazonaws.${var.region}.${each.key}"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [aws_route_table.private.id]
}

resource "aws_vpc_endpoint" "interface" {
  for_each = toset(local.interface_services)

  vpc_id              = aws_vpc.this.id
  service_name        = "com.amazonaws.${var.region}.${each.key}"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = values(aws_subnet.private)[*].id
  security_group_ids  = [aws_security_group.endpoints.id]
}
