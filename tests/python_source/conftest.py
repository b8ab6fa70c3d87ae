"""The scripts of these folders are read and run by tests, not collected."""

collect_ignore = ["corpus", "mistakes", "nothing", "pytorch"]
