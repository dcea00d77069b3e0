output "serving" {
  description = "What the functions need that show pets: names and ARNs of the two parameters, name and ARN of the delivery stream."
  value = {
    definitions    = aws_ssm_parameter.definitions.name
    shares         = aws_ssm_parameter.shares.name
    parameter_arns = [aws_ssm_parameter.definitions.arn, aws_ssm_parameter.shares.arn]
    stream         = aws_kinesis_firehose_delivery_stream.exposures.name
    stream_arn     = aws_kinesis_firehose_delivery_stream.exposures.arn
  }
}

output "shares_parameter_arn" {
  description = "ARN of the parameter with changed shares, for whoever may change them."
  value       = aws_ssm_parameter.shares.arn
}
