"""What each member of each request of Personalize that creates or changes something does, for a test of all of them.

The value is DESCRIBED for a member that Describe returns and that says nothing else than what the resource is, the name
of a test that shows the effect, or what the error says that refuses it.
"""

from dataclasses import dataclass
from typing import Any

DESCRIBED = "described"


@dataclass(frozen=True)
class Refused:
    """The member is refused in a request of `recipe` with these `members`, and the error says `message`."""

    message: str
    members: dict[str, Any]
    recipe: str = "aws-user-personalization"


_TAGS = dict.fromkeys(
    ("tags[].tagKey", "tags[].tagValue"), "test_given_tags_when_added_and_removed_then_they_are_listed_up_to_fifty"
)
_DENIED_ROLE = "test_given_no_such_file_or_role_when_imported_then_the_job_fails_with_the_reason"
_ENCRYPTED = "test_given_keys_when_inferred_then_the_output_is_encrypted_with_its_own"
_BATCH = "test_given_users_when_inferred_then_each_has_a_line_and_invalid_ones_an_error"
_SEGMENT = "test_given_items_when_segmented_then_each_has_the_users_who_view_such_items"
_EXPORT = "test_given_a_dataset_when_exported_then_the_csv_has_the_requested_rows"
_FRESH = "test_given_freshness_when_deployed_then_the_newest_similar_item_comes_first"
_EXPLORES = "test_given_a_new_item_when_put_then_the_campaign_can_explore_it"
_FOLLOWS = "test_given_a_campaign_that_follows_latest_when_a_version_is_trained_then_it_serves_that"
_METADATA = "test_given_metadata_columns_when_enabled_then_items_have_them"
_COLUMNS = "test_given_columns_that_are_left_out_when_trained_then_the_recommender_does_not_see_them"
_USE_CASE = "test_given_a_use_case_when_requested_then_it_recommends_and_needs_its_members"
_UPDATED_USE_CASE = "test_given_a_configuration_when_updated_then_it_is_served_and_metadata_is_returned"
_EVENTS = "test_given_an_event_type_when_trained_then_only_such_events_are_used"
_WEIGHTS = "test_given_an_events_config_when_updated_then_it_becomes_that_of_the_solution_and_of_its_next_version"
_SCHEDULE = "test_given_automatic_training_when_on_by_default_then_it_trains_until_it_is_switched_off"
_ATTRIBUTED = "test_given_an_attribution_when_events_are_put_then_cloudwatch_gets_their_worth_by_source"
_REPORT = "test_given_a_destination_when_imported_then_a_report_has_intervals_of_a_quarter_of_an_hour"
_METRICS_CHANGE = (
    "test_given_a_metric_attribution_when_changed_then_its_metrics_are_listed_and_a_second_one_is_rejected"
)
_IMPORTS = "test_given_imports_when_full_or_incremental_then_they_replace_or_add_and_streamed_events_stay"
_HPO = "test_given_a_solution_with_hpo_when_trained_then_its_version_names_the_tuned_values"
_HPO_RANGES = "test_given_ranges_then_the_candidates_lie_within_them_and_are_distinct"
_TUNED_TYPES = ("categoricalHyperParameterRanges", "continuousHyperParameterRanges", "integerHyperParameterRanges")
_KEYS = "test_given_a_key_that_is_denied_when_a_group_is_created_then_it_fails_with_the_reason"
_OBJECTIVE = "test_given_an_objective_when_requested_then_items_with_a_greater_attribute_come_first"
_UPDATE_DATASET = (
    "test_given_a_schema_with_more_fields_when_updated_then_items_have_them_and_old_solutions_do_not_train_on_them"
)
_THEMES = Refused(
    "themeGenerationConfig needs", {"themeGenerationConfig": {"fieldsForThemeGeneration": {"itemName": "TITLE"}}}
)


def _in(prefix: str, members: dict[str, Any]) -> dict[str, Any]:
    return {f"{prefix}.{name}": effect for name, effect in members.items()}


_FILES = {
    **_in("jobInput.s3DataSource", {"path": DESCRIBED, "kmsKeyArn": _ENCRYPTED}),
    **_in("jobOutput.s3DataDestination", {"path": DESCRIBED, "kmsKeyArn": _ENCRYPTED}),
}
_CAMPAIGN_CONFIG = {
    "itemExplorationConfig": _EXPLORES,
    "enableMetadataWithRecommendations": _METADATA,
    "syncWithLatestSolutionVersion": _FOLLOWS,
    "rankingInfluence": _FRESH,
}
_RECOMMENDER_CONFIG = {
    "itemExplorationConfig": _UPDATED_USE_CASE,
    "minRecommendationRequestsPerSecond": DESCRIBED,  # what is billed at least
    "trainingDataConfig.excludedDatasetColumns": _COLUMNS,
    "trainingDataConfig.includedDatasetColumns": _COLUMNS,
    "enableMetadataWithRecommendations": _UPDATED_USE_CASE,
}
_EVENT_PARAMETERS = _in(
    "eventsConfig.eventParametersList[]",
    {
        "eventType": _EVENTS,
        "eventValueThreshold": (
            "test_given_an_events_config_that_no_training_could_use_when_created_then_it_is_rejected"
        ),
        "weight": "test_given_event_weights_then_finding_a_heavier_event_gains_more",
    },
)
_METRIC = {"eventType": _ATTRIBUTED, "metricName": _ATTRIBUTED, "expression": _ATTRIBUTED}
_OUTPUT = {"roleArn": _ATTRIBUTED, "s3DataDestination.path": _REPORT, "s3DataDestination.kmsKeyArn": _REPORT}
_HPO_OBJECTIVE = Refused(
    "hpoObjective cannot be configured",
    {"solutionConfig": {"hpoConfig": {"hpoObjective": {"type": "Maximize", "metricName": "m", "metricRegex": "r"}}}},
)
_AUTOML = Refused(
    "autoMLConfig is not available",
    {"solutionConfig": {"autoMLConfig": {"metricName": "coverage", "recipeList": []}}},
)
_SOLUTION_CONFIG = {
    "eventValueThreshold": (
        "test_given_a_value_that_no_training_could_use_when_a_solution_is_created_then_it_is_rejected"
    ),
    **_in("hpoConfig.hpoObjective", dict.fromkeys(("type", "metricName", "metricRegex"), _HPO_OBJECTIVE)),
    **_in("hpoConfig.hpoResourceConfig", dict.fromkeys(("maxNumberOfTrainingJobs",), _HPO_RANGES)),
    # Trainings run one after another here, which has no effect on the result.
    "hpoConfig.hpoResourceConfig.maxParallelTrainingJobs": (
        "test_given_a_config_that_no_search_could_use_then_the_error_names_it"
    ),
    **{
        f"hpoConfig.algorithmHyperParameterRanges.{kind}[].{member}": _HPO_RANGES
        for kind in _TUNED_TYPES
        for member in (("name", "values") if kind.startswith("cat") else ("name", "minValue", "maxValue"))
    },
    "algorithmHyperParameters": "test_given_a_bptt_when_requested_then_a_small_one_forgets_early_events",
    "featureTransformationParameters": "test_given_percentiles_of_histories_then_short_and_long_ones_are_left_out",
    **_in("autoMLConfig", {"metricName": _AUTOML, "recipeList": _AUTOML}),
    **_EVENT_PARAMETERS,
    **_in("optimizationObjective", {"itemAttribute": _OBJECTIVE, "objectiveSensitivity": _OBJECTIVE}),
    **_in("trainingDataConfig", {"excludedDatasetColumns": _COLUMNS, "includedDatasetColumns": _COLUMNS}),
    "autoTrainingConfig.schedulingExpression": _SCHEDULE,
}

EFFECTS: dict[str, dict[str, Any]] = {
    "CreateBatchInferenceJob": {
        **{"jobName": DESCRIBED, "solutionVersionArn": _BATCH, "roleArn": _DENIED_ROLE, "numResults": _BATCH},
        "filterArn": DESCRIBED,
        **_FILES,
        **_in("batchInferenceJobConfig", {"rankingInfluence": _FRESH}),
        "batchInferenceJobConfig.itemExplorationConfig": (
            "test_given_an_exploration_of_a_job_then_it_is_completed_and_one_that_has_no_effect_is_refused"
        ),
        **_TAGS,
        "batchInferenceJobMode": "test_given_a_malformed_line_when_inferred_then_the_job_fails_and_names_it",
        "themeGenerationConfig.fieldsForThemeGeneration.itemName": _THEMES,
    },
    "CreateBatchSegmentJob": {
        **{"jobName": DESCRIBED, "solutionVersionArn": _SEGMENT, "roleArn": _DENIED_ROLE, "numResults": _SEGMENT},
        **{"filterArn": _SEGMENT, **_FILES, **_TAGS},
    },
    "CreateCampaign": {
        **{"name": DESCRIBED, "solutionVersionArn": _FOLLOWS},
        "minProvisionedTPS": DESCRIBED,  # what is billed at least
        **_in("campaignConfig", _CAMPAIGN_CONFIG),
        **_TAGS,
    },
    "CreateDataDeletionJob": {
        "jobName": DESCRIBED,
        **dict.fromkeys(
            ("datasetGroupArn", "dataSource.dataLocation", "roleArn"),
            "test_given_users_to_delete_when_the_job_ran_then_their_data_are_gone",
        ),
        **_TAGS,
    },
    "CreateDataset": {
        **dict.fromkeys(("name", "schemaArn", "datasetGroupArn"), DESCRIBED),
        "datasetType": "test_given_a_dataset_type_in_any_case_when_described_then_it_is_in_upper_case",
        **_TAGS,
    },
    "CreateDatasetExportJob": {
        **{"jobName": DESCRIBED, "datasetArn": _EXPORT, "ingestionMode": _EXPORT, "roleArn": _DENIED_ROLE},
        **_in("jobOutput.s3DataDestination", {"path": _EXPORT, "kmsKeyArn": _ENCRYPTED}),
        **_TAGS,
    },
    "CreateDatasetGroup": {
        **{"name": DESCRIBED, "roleArn": _KEYS, "kmsKeyArn": _KEYS},
        "domain": "test_given_a_schema_of_another_domain_when_a_dataset_is_created_then_it_is_refused",
        **_TAGS,
    },
    "CreateDatasetImportJob": {
        **{"jobName": DESCRIBED, "datasetArn": _IMPORTS, "dataSource.dataLocation": _IMPORTS, "importMode": _IMPORTS},
        **{"roleArn": _DENIED_ROLE, "publishAttributionMetricsToS3": _REPORT, **_TAGS},
    },
    "CreateEventTracker": {"name": DESCRIBED, "datasetGroupArn": DESCRIBED, **_TAGS},
    "CreateFilter": {
        **{"name": DESCRIBED, "datasetGroupArn": DESCRIBED},
        "filterExpression": "test_given_an_expression_when_applied_then_these_items_are_allowed",
        **_TAGS,
    },
    "CreateMetricAttribution": {
        **{"name": DESCRIBED, "datasetGroupArn": _METRICS_CHANGE},
        **_in("metrics[]", _METRIC),
        **_in("metricsOutputConfig", _OUTPUT),
    },
    "CreateRecommender": {
        **{"name": DESCRIBED, "datasetGroupArn": _USE_CASE, "recipeArn": _USE_CASE},
        **_in("recommenderConfig", _RECOMMENDER_CONFIG),
        **_TAGS,
    },
    "CreateSchema": {
        **{"name": DESCRIBED, "schema": "test_given_an_invalid_schema_when_parsed_then_the_error_names_the_violation"},
        "domain": "test_given_items_that_do_not_fit_a_domain_when_checked_then_the_error_names_the_field",
    },
    "CreateSolution": {
        **{"name": DESCRIBED, "datasetGroupArn": DESCRIBED, "performHPO": _HPO, "performAutoTraining": _SCHEDULE},
        "performAutoML": Refused("performAutoML is not available", {"performAutoML": True}),
        "performIncrementalUpdate": "test_given_a_new_item_when_put_then_incremental_updates_recommend_it",
        "recipeArn": "test_given_unsupported_recipes_and_settings_when_created_then_the_error_names_them",
        "eventType": _EVENTS,
        **_in("solutionConfig", _SOLUTION_CONFIG),
        **_TAGS,
    },
    "CreateSolutionVersion": {
        **{"name": DESCRIBED, "solutionArn": DESCRIBED},
        "trainingMode": "test_given_training_mode_update_when_allowed_then_it_keeps_the_model_and_its_metrics",
        **_TAGS,
    },
    "UpdateCampaign": {
        **dict.fromkeys(
            ("campaignArn", "solutionVersionArn"),
            "test_given_a_first_campaign_when_updated_then_the_old_version_serves_until_the_update_is_active",
        ),
        "minProvisionedTPS": DESCRIBED,
        **_in("campaignConfig", _CAMPAIGN_CONFIG),
    },
    "UpdateDataset": {"datasetArn": _UPDATE_DATASET, "schemaArn": _UPDATE_DATASET},
    "UpdateMetricAttribution": {
        **{"metricAttributionArn": _METRICS_CHANGE, "removeMetrics": _METRICS_CHANGE},
        **_in("addMetrics[]", dict.fromkeys(_METRIC, _METRICS_CHANGE)),
        **_in("metricsOutputConfig", _OUTPUT),
    },
    "UpdateRecommender": {
        "recommenderArn": _UPDATED_USE_CASE,
        **_in("recommenderConfig", _RECOMMENDER_CONFIG),
    },
    "UpdateSolution": {
        **{"solutionArn": _WEIGHTS, "performAutoTraining": _SCHEDULE},
        "performIncrementalUpdate": "test_given_a_new_item_when_put_then_incremental_updates_recommend_it",
        "solutionUpdateConfig.autoTrainingConfig.schedulingExpression": _SCHEDULE,
        **_in("solutionUpdateConfig", _EVENT_PARAMETERS),
    },
}
