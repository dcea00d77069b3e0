resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.prefix

  dashboard_body = jsonencode({
    widgets = flatten([for row, section in local.dashboard : concat(
      [{
        type       = "text"
        x          = 0
        y          = row * (local.header_height + local.graph_height)
        width      = 24
        height     = local.header_height
        properties = { markdown = "## ${section.title}\n${section.text}" }
      }],
      [for column, graph in section.graphs : {
        type   = "metric"
        x      = column * 24 / length(section.graphs)
        y      = row * (local.header_height + local.graph_height) + local.header_height
        width  = 24 / length(section.graphs)
        height = local.graph_height
        properties = {
          title   = graph.title
          region  = var.account.region
          view    = "timeSeries"
          stacked = false
          stat    = graph.stat
          period  = graph.period
          metrics = graph.metrics
        }
      }],
    )])
  })
}

resource "aws_budgets_budget" "personalize" {
  count = var.budget == null ? 0 : 1

  name         = "${var.prefix}-personalize"
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_amount = var.budget.monthly_usd
  limit_unit   = "USD"

  cost_filter {
    name   = "Service"
    values = ["Amazon Personalize"]
  }

  notification {
    comparison_operator       = "GREATER_THAN"
    notification_type         = "ACTUAL"
    threshold                 = 80
    threshold_type            = "PERCENTAGE"
    subscriber_sns_topic_arns = [var.topic_arn]
  }

  notification {
    comparison_operator       = "GREATER_THAN"
    notification_type         = "FORECASTED"
    threshold                 = 100
    threshold_type            = "PERCENTAGE"
    subscriber_sns_topic_arns = [var.topic_arn]
  }
}
