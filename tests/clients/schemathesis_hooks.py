# What schemathesis loads before it reads the OpenAPI document.
import json
import re
from datetime import datetime

import schemathesis

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z")
DIGEST_FIELDS = ("Repr-Digest", "Content-Digest")


@schemathesis.serializer("application/offset+octet-stream")
def piece(ctx, value):
    return value if isinstance(value, bytes) else str(value).encode()


@schemathesis.hook
def filter_case(ctx, case):
    """Leaves out what is not as described and ignored all the same, because HTTP demands it, and forms that are not written as such."""
    # A field that nobody knows, and an `If-Range` without a `Range` (RFC 9110 §13.1.5).
    if "x-schemathesis-unknown-property" in case.headers or ("If-Range" in case.headers and "Range" not in case.headers):
        return False
    # A grant of nobody takes the place of the session.
    if not is_as_described(case) and "grant" in (case.query or {}):
        return False
    # Python's encoder of forms escapes neither.
    if isinstance(case.body, dict) and case.media_type == "multipart/form-data" and re.search(r"[\\\0-\x1f]", "".join(case.body)):
        return False
    # Days and hours that do not exist. A pattern that lists those of each month would help nobody.
    if is_as_described(case) and not all(map(exists, INSTANT.findall(texts_of(case)))):
        return False
    # Digests of algorithms that nobody knows (RFC 9530 §2). No pattern can list them.
    claims = [case.headers.get(name) for name in DIGEST_FIELDS if name in case.headers]
    return all(re.search(r"sha-(256|512)", str(claim)) for claim in claims)


def texts_of(case):
    return json.dumps([case.query, case.body], default=str)


def exists(instant):
    try:
        datetime.fromisoformat(instant.replace("Z", "+00:00"))
    except ValueError:
        return False
    return True


@schemathesis.hook
def map_case(ctx, case):
    """Keeps the rules about several fields or parameters, which OpenAPI cannot state."""
    if not is_as_described(case):
        return case
    if case.operation.definition.raw.get("operationId") == "createUpload":
        give_length(case)
    # A grant of nobody would take the place of the session.
    if case.query is not None:
        case.query.pop("grant", None)
    # A place has an id or a path.
    if case.query is not None and "path" in case.query:
        case.query.pop("folderId", None)
    if case.operation.definition.raw.get("operationId") in ("createLink", "changeLink") and isinstance(case.body, dict):
        give_terms(case.body)
    if case.operation.path.split("/admin")[-1] in ("/webhooks", "/webhooks/{id}") and isinstance(case.body, dict) and "url" in case.body:
        case.body["url"] = "https://hooks.example.com/stowage"
    if case.headers.get("X-HTTP-Method-Override") == "PATCH":
        case.headers.setdefault("Upload-Offset", "0")
    return case


def give_length(case):
    """Either `Upload-Length` or `Upload-Defer-Length`, unless the upload is final, which has no body either."""
    if case.headers.get("Upload-Concat", "").startswith("final"):
        case.headers.pop("Upload-Length", None)
        case.headers.pop("Upload-Defer-Length", None)
        case.body = b""
    elif "Upload-Defer-Length" in case.headers:
        case.headers.pop("Upload-Length", None)
    else:
        case.headers.setdefault("Upload-Length", "1000000")


def give_terms(body):
    """An expiry that has not passed, and a password that few people have."""
    if isinstance(body.get("expiresAt"), str):
        body["expiresAt"] = "2999-01-01T00:00:00Z"
    if isinstance(body.get("password"), str):
        body["password"] = "seven-purple-owls"


def is_as_described(case):
    return case.meta is not None and case.meta.generation.mode.is_positive


@schemathesis.check
def described_requests_are_not_malformed(ctx, response, case):
    """A request that the document allows may be refused for the state of the server, never for its form."""
    if not is_as_described(case) or response.status_code != 400:
        return
    problem = response.json()
    assert problem["code"] not in ("invalid-request", "invalid-name", "malformed-body", "no-file"), problem["detail"]
