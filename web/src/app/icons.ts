/** The page's icons: lines on a field of 24 by 24. */

export const iconPaths = {
  catalog: ["M4 4h6v6H4z", "M14 4h6v6h-6z", "M4 14h6v6H4z", "M14 14h6v6h-6z"],
  clipboard: ["M9 3h6v4H9z", "M9 5H5v16h14V5h-4", "M8.500 12h7", "M8.500 16h7"],
  expand: ["M4 9V4h5", "M15 4h5v5", "M20 15v5h-5", "M9 20H4v-5"],
  shrink: ["M9 4v5H4", "M20 9h-5V4", "M15 20v-5h5", "M4 15h5v5"],
  feedback: ["M4 5h16v11h-9l-4 4v-4H4z", "M8 9h8", "M8 12h5"],
  power: ["M12 3v9", "M6.3 7a8 8 0 1 0 11.4 0"],
  loud: ["M4 9.500v5h3.500l5 4v-13l-5 4z", "M16 9a4.200 4.200 0 0 1 0 6", "M18.600 6.400a8 8 0 0 1 0 11.200"],
  muted: ["M4 9.500v5h3.500l5 4v-13l-5 4z", "M16.500 9.500l5 5", "M21.500 9.500l-5 5"],
  microphone: ["M9 6a3 3 0 0 1 6 0v5a3 3 0 0 1-6 0z", "M5.500 11a6.500 6.500 0 0 0 13 0", "M12 17.500V21"],
  close: ["M6 6l12 12", "M18 6L6 18"],
  search: ["M16.5 10.5a6 6 0 1 1-12 0 6 6 0 0 1 12 0z", "M15 15l5 5"],
  clock: ["M20 12a8 8 0 1 1-16 0 8 8 0 0 1 16 0z", "M12 7.5V12l3 2"],
  link: [
    "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.300l-1 1",
    "M14 10a4 4 0 0 0-5.700 0l-3 3A4 4 0 0 0 11 18.700l1-1",
  ],
  warning: ["M12 4l9 16H3z", "M12 10v4.500", "M12 17.200v.1"],
  windows: ["M8 8h12v12H8z", "M16 8V4H4v12h4"],
  files: ["M3 6h6l2 3h10v10H3z"],
  file: ["M6 3h8l4 4v14H6z", "M14 3v4h4"],
  upload: ["M12 15V4", "M7.500 8.500L12 4l4.500 4.500", "M4 15v5h16v-5"],
  download: ["M12 4v11", "M7.500 10.500L12 15l4.500-4.500", "M4 15v5h16v-5"],
  folderUp: ["M3 6h6l2 3h10v10H3z", "M12 17v-5", "M9.500 14l2.500-2.500 2.500 2.500"],
  folderNew: ["M3 6h6l2 3h10v10H3z", "M12 11.500v5", "M9.500 14h5"],
  rename: ["M4 20l1-4L16 5l3 3L8 19z", "M14 7l3 3"],
  remove: ["M5 7h14", "M9 7V4h6v3", "M7 7l1 13h8l1-13"],
  check: ["M20 12a8 8 0 1 1-16 0 8 8 0 0 1 16 0z", "M8.500 12.200l2.500 2.500 4.500-5"],
} as const;

export type IconName = keyof typeof iconPaths;
