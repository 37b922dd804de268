"""Run protoc over protos/sfumato/v1; `make protos` calls this in an environment of its own."""

from importlib import resources
from pathlib import Path

from grpc_tools import protoc

PROTOS = Path(__file__).parent
OUT = PROTOS.parent / "sdk"


def main() -> None:
    """Write messages, stubs and type stubs. Raises SystemExit with protoc's code."""
    google = str(resources.files("grpc_tools") / "_proto")
    googleapis = next(p for p in _google_api_roots() if (p / "google/rpc/status.proto").exists())
    sources = sorted(str(path) for path in (PROTOS / "sfumato/v1").glob("*.proto"))
    outs = [f"--{kind}_out={OUT}" for kind in ("python", "pyi", "grpc_python")]
    raise SystemExit(protoc.main(["protoc", f"-I{PROTOS}", f"-I{google}", f"-I{googleapis}", *outs, *sources]))


def _google_api_roots() -> list[Path]:
    import google.rpc

    return [Path(path).parent.parent for path in google.rpc.__path__]


if __name__ == "__main__":
    main()
