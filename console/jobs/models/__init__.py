"""A job, what went in, what came out, and everything that happened on the way."""

from console.jobs.models.job import Job, JobQuerySet
from console.jobs.models.job_input import JobInput
from console.jobs.models.result import Result, ResultQuerySet
from console.jobs.models.search_entry import SearchEntry
from console.jobs.models.step import Step

__all__ = ["Job", "JobInput", "JobQuerySet", "Result", "ResultQuerySet", "SearchEntry", "Step"]
