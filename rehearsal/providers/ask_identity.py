"""What is asked of an account about roles: policies are read as IAM reads them."""

from rehearsal import tokens
from rehearsal.providers.account import Account, Ask
from rehearsal.providers.values import Values


def _role(account: Account, inputs: Values) -> str:
    iam, name, trust = account.client("iam"), inputs["name"], inputs["assumeRolePolicy"]
    iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=trust,
        Path=inputs.get("path", "/"),
        Description=inputs.get("description", ""),
        MaxSessionDuration=inputs.get("maxSessionDuration", 3600),
    )
    # moto reads a trust policy only when it is changed.
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=trust)
    return str(name)


def _role_policy(account: Account, inputs: Values) -> str:
    account.client("iam").put_role_policy(
        RoleName=inputs["role"], PolicyName=inputs["name"], PolicyDocument=inputs["policy"]
    )
    return f"{inputs['role']}:{inputs['name']}"


def _attachment(account: Account, inputs: Values) -> str:
    account.client("iam").attach_role_policy(RoleName=inputs["role"], PolicyArn=inputs["policyArn"])
    return f"{inputs['role']}/{inputs['policyArn']}"


def _instance_profile(account: Account, inputs: Values) -> str:
    iam, name = account.client("iam"), inputs["name"]
    iam.create_instance_profile(InstanceProfileName=name, Path=inputs.get("path", "/"))
    if "role" in inputs:
        iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=inputs["role"])
    return str(name)


ASK: dict[str, Ask] = {
    tokens.ROLE: _role,
    tokens.ROLE_POLICY: _role_policy,
    tokens.ROLE_POLICY_ATTACHMENT: _attachment,
    tokens.INSTANCE_PROFILE: _instance_profile,
}
