#!/usr/bin/env node
// Checked in, so that the command can be linked before the package is built.
import '../dist/bin.js'
