"""The theory page: chapters to read, each with figures computed live, and a well-read article, corrected."""
