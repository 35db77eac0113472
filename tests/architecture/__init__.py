"""Tests of the rules of the house themselves: an offence planted against each rule must be found."""
