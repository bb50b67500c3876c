"""Ordinary study designs, each with a truth known by construction, taken from a file or table to the number.

A function may be right and a study still be misread between two functions. Each test here writes the study down as a
researcher would have it, follows the documented path with its defaults, and compares the number with the truth.
"""
