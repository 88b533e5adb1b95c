"""The ports that databases and caches listen on where nobody says another: by engine, AWS's defaults."""

from __future__ import annotations

ENGINE_PORTS = {
    "mysql": 3306,
    "mariadb": 3306,
    "aurora": 3306,
    "postgres": 5432,
    "oracle": 1521,
    "sqlserver": 1433,
    "db2": 50000,
    "docdb": 27017,
    "neptune": 8182,
    "custom-oracle": 1521,
    "custom-sqlserver": 1433,
    "memcached": 11211,
    "redis": 6379,
    "valkey": 6379,
}


def default_port(engine: str) -> int | None:
    """The default port of an engine, None for one that is not known.

    >>> default_port("aurora-postgresql"), default_port("sqlserver-ex"), default_port("valkey")
    (5432, 1433, 6379)
    """
    engine = engine.lower()
    if "postgres" in engine:
        return 5432
    return next((port for name, port in ENGINE_PORTS.items() if engine.startswith(name)), None)
