"""What schemathesis has to know of this API beyond its description: which records there are, how a call is signed, what a refusal may say.

In      API_SAMPLE, a JSON file of the test: stays with their records, issued cards, where tokens are given (null: none are needed)
Choice  only requests that are valid by their schema are given real ids and records; what was made invalid stays as it was made
Choice  a request that is valid by its schema may be refused for what the records say, never for its form: the description would be wrong
"""

import json
import os
import urllib.request
import zlib

import schemathesis

with open(os.environ["API_SAMPLE"], encoding="utf8") as file:
    SAMPLE = json.load(file)
STAYS = SAMPLE["stays"]
TOKEN_URL = SAMPLE["tokenUrl"]

FORM = {
    "SERVER_BODY",
    "SERVER_BODY_DEPTH",
    "SERVER_MEDIA_TYPE",
    "SERVER_CDS_REQUEST",
    "SERVER_MODEL_REQUEST",
    "SERVER_JOB_REQUEST",
    "SCORING_REQUEST_INVALID",
    "SCORING_FEATURE_UNKNOWN",
    "SCORING_FEATURE_RANGE",
    "EXPLAIN_FEATURE_UNKNOWN",
    "EXPLAIN_VALUE_RANGE",
    "EXPLAIN_SET_EMPTY",
}


def is_positive(case):
    return case.meta is not None and case.meta.generation.mode.is_positive


def choice(body):
    """The same for the same request, so that a failure can be repeated."""
    return zlib.crc32(json.dumps(body, sort_keys=True, default=str).encode("utf8"))


def with_records(path, body, number, path_parameters):
    stay = STAYS[number % len(STAYS)]
    if "asOf" in body:
        body["asOf"] = stay["asOf"]
    if path in ("/v1/score", "/v1/patient"):
        if "patientId" in body:
            body["patientId"] = stay["patientId"]
        if "encounterId" in body:
            body["encounterId"] = stay["encounterId"]
        if "bundle" in body:
            body["bundle"] = stay["bundle"]
            body["encounter"] = stay["encounterId"]
    elif path.startswith("/fhir/Encounter/"):
        if path_parameters.get("id") is not None:
            path_parameters["id"] = stay["encounterId"]
        for parameter in body.get("parameter", []):
            if parameter["name"] == "encounter":
                parameter["valueReference"]["reference"] = f"Encounter/{stay['encounterId']}"
            if parameter["name"] == "patient":
                parameter["valueReference"]["reference"] = f"Patient/{stay['patientId']}"
            if parameter["name"] == "bundle":
                parameter["resource"] = stay["bundle"]
            if parameter["name"] == "asOf":
                parameter["valueDateTime"] = stay["asOf"]
    elif path == "/cds-services/{id}":
        service = next(s for s in SAMPLE["services"] if s["id"] == path_parameters["id"])
        body["hook"] = service["hook"]
        body["context"]["patientId"] = stay["patientId"]
        if "encounterId" in body["context"] or service["hook"] == "encounter-discharge":
            body["context"]["encounterId"] = stay["encounterId"]
        if "patient" in body.get("fhirAuthorization", {}):
            body["fhirAuthorization"]["patient"] = stay["patientId"]
        if number % 4:
            body["prefetch"] = stay["prefetch"]
    elif path == "/cds-services/{id}/feedback":
        for n, outcome in enumerate(body["feedback"]):
            cards = SAMPLE["cards"][path_parameters["id"]]
            outcome["card"] = cards[(number + n) % len(cards)]
            for suggestion in outcome.get("acceptedSuggestions", []):
                suggestion["id"] = SAMPLE["suggestions"][outcome["card"]]
    elif path == "/v1/admin/model" and "name" in body and number % 2:
        body["name"] = SAMPLE["model"]


@schemathesis.hook
def before_call(context, case, kwargs):
    if not is_positive(case) or not isinstance(case.body, dict):
        return
    # Some requests keep the made-up ids: what is not there is asked for too.
    number = choice(case.body)
    if number % 5:
        case.body = json.loads(json.dumps(case.body))
        with_records(case.path, case.body, number // 5, case.path_parameters or {})
        # A key that came with another body before is refused.
        if case.headers:
            case.headers.pop("Idempotency-Key", None)


@schemathesis.check
def refused_for_its_form(ctx, response, case):
    """Valid by its schema, and all the same not of a known form."""
    if not is_positive(case) or response.status_code not in (400, 415, 422):
        return
    refusal = response.json()
    if "code" in refusal:
        code, detail = refusal["code"], refusal["detail"]
    else:
        issue = refusal["issue"][0]
        code, detail = issue["details"]["coding"][0]["code"], issue["diagnostics"]
    if code in FORM and not any(detail.startswith(text) for text in SAMPLE["notShown"]):
        raise AssertionError(f"{code}: {detail}")


if TOKEN_URL is not None:

    @schemathesis.auth(refresh_interval=None)
    class Tokens:
        def get(self, case, context):
            # The address without its query is what a token of a CDS client is for.
            asked = urllib.request.Request(TOKEN_URL, data=json.dumps({"path": case.formatted_path}).encode("utf8"))
            with urllib.request.urlopen(asked) as answer:
                return answer.read().decode("ascii")

        def set(self, case, data, context):
            case.headers = case.headers or {}
            case.headers["Authorization"] = f"Bearer {data}"
