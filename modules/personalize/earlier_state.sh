#!/bin/sh
# Run a destroy-time provisioner on state that version 0.1 wrote: earlier_state.sh MODULE ACTION
#
# Version 0.1 kept other values in the state: a shell expression for Python, the path of the scripts, and ready-made
# command-line options. Until the first apply with this version Terraform knows nothing else at destroy, and passes
# them on as they are: as environment variables with names in lower case. The first apply replaces them.
#
# shellcheck disable=SC2154  # Terraform sets region, scripts and python.
set -eu

export AWS_DEFAULT_REGION="$region" AWS_REGION="$region"
export PYTHONPATH="$scripts/..:$scripts/../functions" PYTHONSAFEPATH=1

export DATASET_ARN="${dataset_arn:-}" CAMPAIGN_ARN="${campaign_arn:-}"

# --dataset-group-arn ARN --stem NAME
options="${solutions:-}"
group="${options#--dataset-group-arn }"
export DATASET_GROUP_ARN="${group%% *}" SOLUTION_PREFIX="${options##* }"

eval "exec \"$python\" -m \"\$@\""
