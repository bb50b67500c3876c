"""From an estimate to how sure we are of it: resampling, standard errors, tests, comparison."""
