/**
 * Bounds of the terminal plane. One address is one terminal with a browser (99 connections to a proxy at
 * most), Windows' own services and Office; remote desktop servers put twenty people behind one.
 */
import { defaultLimits, type ProxyLimits } from "../limits.ts";

export const terminalLimits: ProxyLimits = {
  ...defaultLimits,
  connections: 1024,
  totalConnections: 16_384,
  tunnels: 1000,
  requests: 1024,
  requestsPerSecond: 500,
  requestBurst: 3000,
};
