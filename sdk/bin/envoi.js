#!/usr/bin/env node
// apart from the build, so that npm finds it to link before there is one
import '../dist/cli/main.js'
