"""Big tables as Arrow columns: small in a pickle, quick to write and read.

A text column that says the same few words again and again is kept as whole numbers into a list of words.
"""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from dispatch.model.contracts import Column, conform

#: A text column becomes numbers and words where it says each word at least so many times on average.
LEAST_REPEATS = 2
_PANDAS_TYPES = {pa.large_string(): pd.StringDtype()}


def columns_of(frame: pd.DataFrame) -> pa.Table:
    """Arrow table of a frame under a contract, without its index."""
    return pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)


def frame_of(table: pa.Table) -> pd.DataFrame:
    """Frame of an Arrow table, text columns as pandas ``string``; under a contract if ``columns_of`` made the table."""
    plain = table.cast(pa.schema([(field.name, _plain_type(field.type)) for field in table.schema]))
    frame: pd.DataFrame = plain.to_pandas(types_mapper=_PANDAS_TYPES.get)
    return frame


def column_of(values: pa.Array) -> pd.Series:
    """Column of a frame from one Arrow array."""
    column: pd.Series = values.cast(_plain_type(values.type)).to_pandas(types_mapper=_PANDAS_TYPES.get)
    return column


def _plain_type(kind: pa.DataType) -> pa.DataType:
    """Type of a column without its list of words."""
    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    return pa.large_string() if pa.types.is_string(inner) else inner


def with_words(table: pa.Table) -> pa.Table:
    """Same table with text columns that repeat themselves as numbers and words."""
    return pa.table({name: _shorten(table[name]) for name in table.column_names})


def _shorten(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if not pa.types.is_large_string(column.type):
        return column
    coded = column.combine_chunks().dictionary_encode()
    words = coded.chunk(0).dictionary if isinstance(coded, pa.ChunkedArray) else coded.dictionary
    return coded if len(words) * LEAST_REPEATS <= len(column) else column


def pack_frame(frame: pd.DataFrame, contract: tuple[Column, ...]) -> bytes:
    """Frame as a compressed Arrow stream: about 10 bytes per worker and ride. ``unpack_frame`` takes it back."""
    table = with_words(columns_of(conform(frame, contract)))
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as stream:
        stream.write_table(table)
    packed: bytes = sink.getvalue().to_pybytes()
    return packed


def unpack_frame(packed: bytes, contract: tuple[Column, ...]) -> pd.DataFrame:
    """Frame under a contract that ``pack_frame`` packed."""
    with pa.ipc.open_stream(packed) as stream:
        return conform(frame_of(stream.read_all()), contract)
