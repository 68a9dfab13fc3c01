"""A client of S3 as storage wants it: patient, and at home with other servers of the protocol."""

from typing import Any

from boto3.s3.transfer import TransferConfig
from boto3.session import Session
from botocore.config import Config

PART_BYTES = 16 << 20  # what is in memory of a file that is sent
MOST_PARTS = 10_000


def s3_client(endpoint: str) -> Any:
    """Credentials and region come as those of any AWS client do.

    Other servers of the protocol know neither buckets as hosts nor all of AWS's checksums.
    """
    options: dict[str, Any] = {"retries": {"mode": "standard", "total_max_attempts": 5}}
    if endpoint:
        options |= {
            "s3": {"addressing_style": "path"},
            "request_checksum_calculation": "when_required",
            "response_checksum_validation": "when_required",
        }
    session = Session()
    return session.client(
        "s3",
        region_name=session.region_name or "us-east-1",
        endpoint_url=endpoint or None,
        config=Config(**options),
    )


def transfer(size: int) -> TransferConfig:
    """Parts one after another, so that one is in memory, and not more than there may be."""
    part = max(PART_BYTES, -(-size // MOST_PARTS))
    return TransferConfig(multipart_threshold=part, multipart_chunksize=part, use_threads=False)
