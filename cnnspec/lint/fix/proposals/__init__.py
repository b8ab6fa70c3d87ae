"""What might clear a finding, a function for each code: `kinds` lists them, `search` tries what they propose."""
