"""DuckDB over the same file: errors by type with latency quantiles, one thread, columns declared.

Prints the number of records, median processor seconds and median seconds by the clock.
"""
import statistics
import sys
import time

import duckdb

path, turns = sys.argv[1], int(sys.argv[2])
connection = duckdb.connect()
connection.execute("SET threads = 1")
columns = {
    "trace_id": "VARCHAR", "timestamp": "TIMESTAMP", "session_id": "VARCHAR", "user_id": "VARCHAR",
    "model": "VARCHAR", "agent_version": "VARCHAR", "variant": "VARCHAR", "task_type": "VARCHAR",
    "latency_ms": "DOUBLE", "ttft_ms": "DOUBLE", "input_tokens": "BIGINT", "output_tokens": "BIGINT",
    "cached_input_tokens": "BIGINT", "cost_usd": "DOUBLE", "success": "BOOLEAN", "error_type": "VARCHAR",
}
query = f"""
    SELECT error_type, count(*), sum(input_tokens + output_tokens), sum(cost_usd),
           approx_quantile(latency_ms, [0.5, 0.95, 0.99])
    FROM read_json(?, format = 'newline_delimited', columns = {columns!r})
    GROUP BY error_type
"""
records, processor, clock = 0, [], []
for _ in range(turns):
    before = time.process_time(), time.perf_counter()
    rows = connection.execute(query, [path]).fetchall()
    processor.append(time.process_time() - before[0])
    clock.append(time.perf_counter() - before[1])
    records = sum(row[1] for row in rows)
print(records, statistics.median(processor), statistics.median(clock))
