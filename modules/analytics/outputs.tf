output "workgroup_name" {
  description = "Name of the Athena workgroup."
  value       = aws_athena_workgroup.this.name
}

output "database_name" {
  description = "Name of the Glue database."
  value       = aws_glue_catalog_database.this.name
}

output "query_ids" {
  description = "Id of each named query, by name."
  value       = { for name, query in aws_athena_named_query.this : name => query.id }
}
