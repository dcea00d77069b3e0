"""The execution role of a function, and what Lambda itself does with it."""

from local_aws.awslambda.model import Function
from local_aws.iam.actors import Actor, assumed_role
from local_aws.iam.permission import Permission


def lambda_actor(function: Function) -> Actor:
    """Return the actor for Lambda when it assumes a function's role; the session has the function's name."""
    return assumed_role(function.role, "lambda.amazonaws.com", function.arn, function.name)


def environment_permissions(function: Function) -> tuple[Permission, ...]:
    """Return what the role needs so that Lambda can decrypt the environment variables.

    Lambda also makes a grant for the role, which is lost when the role is made again under the same name. It does not
    count here, so that a role works either way. No page says whether Lambda sends kms:ViaService; it does not here.

    https://repost.aws/knowledge-center/lambda-kmsaccessdeniedexception-errors
    """
    if not function.kms_key_arn or not function.environment:
        return ()
    context = {"kms:calleraccount": function.account_id, "kms:encryptioncontext:aws:lambda:functionarn": function.arn}
    return (Permission("kms:Decrypt", function.kms_key_arn, context),)
