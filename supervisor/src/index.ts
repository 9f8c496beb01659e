export { type OpenedData, openData } from './open-data.ts'
export { StartError } from './start-error.ts'
export { type RunningPlatform, type StartOptions, startPlatform } from './start-platform.ts'
