"""Snakemake's terminal output as one sentence per step, one sentence per failure.

A dry run adds why each step would run.

A failed step has printed its own sentence before Snakemake hears of it, so Snakemake's account of
the exit status is left to its log file.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from logging import ERROR, LogRecord
from typing import Any

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

from snakemake_logger_plugin_sentences.reasons import why

KILLED = re.compile(r"died with <Signals\.(\w+)|returned non-zero exit status 1(?:29|3\d|4\d)\b")
SYSTEM = re.compile(r"\[Errno \d+\] ([^:\n]+)(?:: '([^'\n]+)')?")
#: How what a researcher should read begins: nothing to do, and the findings of `--lint`.
TOLD = ("Nothing to be done", "Lints for", "Congratulations")
STARTED_BY_SCRIPT = ("CalledProcessError", "At least one job did not complete", "Exiting because")


class LogHandler(LogHandlerBase):
    """Writes the message of each rule, and every error that no step has explained itself."""

    writes_to_stream = True
    writes_to_file = False
    has_filter = True
    has_formatter = True
    needs_rulegraph = False

    def emit(self, record: LogRecord) -> None:
        """Write a record if a researcher should read it."""
        sentence = self._sentence(record)
        if sentence:
            print(sentence, file=sys.stderr, flush=True)

    def _sentence(self, record: LogRecord) -> str | None:
        told = vars(record)
        event = told.get("event")
        if event == LogEvent.JOB_INFO:
            return self._step(told) if told["rule_msg"] else None
        if event == LogEvent.JOB_ERROR:
            return f"  (step `{told['rule_name']}`; its log: {', '.join(map(str, told['log']))})"
        text = str(record.msg or "")
        if record.levelno >= ERROR:
            return _failure(text)
        if event == LogEvent.SHELLCMD and self.common_settings.printshellcmds:
            return told["cmd"]
        return text if text.startswith(TOLD) else None

    def _step(self, told: Mapping[str, Any]) -> str:
        reason = why(told["reason"] or "") if self.common_settings.dryrun else ""
        return f"· {told['rule_msg']}" + (f" ({reason})" if reason else "")


def _failure(text: str) -> str | None:
    """Say an error of Snakemake, unless a step has said it."""
    if KILLED.search(text):
        return (
            "✗ A step was ended from outside, most often because memory ran out; close other "
            "programs or use fewer --cores, and start the run again."
        )
    if "No space left on device" in text or "quota exceeded" in text:
        return "✗ The disk is full; free some space and start the run again."
    if system := SYSTEM.search(text):
        reason, file = system.groups()
        return f"✗ {file or 'The run'} cannot be used: {reason.lower()}; mend that and start again."
    return None if any(mark in text for mark in STARTED_BY_SCRIPT) else text
