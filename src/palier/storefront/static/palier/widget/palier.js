/*! Palier widgets, Apache-2.0. Sources: be2484ef26081ce9fec5114ff8e0f083c9507191302bf14d20508c65659df998 */
"use strict";(()=>{function m(t){let e=c(t,"display"),r=c(e,"bar"),n=c(e,"lines"),i=["language","title","tier","points","worth"].map(x=>c(e,x));if(!i.every(u)||!Array.isArray(n)||!n.every(u))return null;let[s,o,l,k,y]=i,g=r===null?null:S(r);return g===void 0?null:{language:s,title:o,tier:l,bar:g,points:k,worth:y,lines:n}}function S(t){let[e,r,n]=["label","text","percent"].map(l=>c(t,l)),[i,s]=["value","max"].map(l=>c(t,l));return u(e)&&u(r)&&u(n)&&h(i)&&h(s)&&s>0&&i<=s?{label:e,text:r,value:i,max:s,percent:n}:void 0}function c(t,e){return typeof t=="object"&&t!==null?t[e]:void 0}function u(t){return typeof t=="string"}function h(t){return typeof t=="number"&&Number.isSafeInteger(t)&&t>=0}async function f(t,e){let n=(await v(t,e,{credentials:"same-origin",headers:{Accept:"application/json"}}))?.token;return typeof n=="string"?n:""}async function b(t,e,r){return v(t,r,{credentials:"omit",headers:{Authorization:`Bearer ${e}`}})}async function v(t,e,r){let n=new AbortController,i=()=>n.abort(),s=setTimeout(i,1e3);e.addEventListener("abort",i);try{let o=await fetch(t,{...r,cache:"no-store",redirect:"error",signal:n.signal});return o.ok&&o.status!==204?await o.json():null}finally{clearTimeout(s),e.removeEventListener("abort",i)}}var A=`
:host {
  --_accent: var(--palier-accent, light-dark(#7e22ce, #d8b4fe));
  --_track: var(--palier-track, light-dark(#fff, #1f2937));
  --_edge: var(--palier-edge, light-dark(#6b7280, #9ca3af));
  --_soft: var(--palier-soft, inherit);
  display: block;
  container-type: inline-size;
  font: inherit;
  color: inherit;
  overflow-wrap: anywhere;
}
:host([hidden]) { display: none }
.place { display: grid; align-content: center; min-block-size: var(--palier-reserve, 9rem) }
@container (max-width: 24rem) { .place { min-block-size: var(--palier-reserve, 10.5rem) } }
@container (max-width: 17rem) { .place { min-block-size: var(--palier-reserve, 13rem) } }
.card { display: grid; gap: .5rem }
.head { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: .25rem 1rem }
.tier { font-weight: 700; font-size: 1.25em }
.points { font-weight: 700; font-variant-numeric: tabular-nums }
.worth { font-weight: 400; color: var(--_soft) }
.row { display: flex; align-items: center; gap: .75rem }
progress {
  appearance: none; flex: 1 1 8rem; min-inline-size: 0; inline-size: 100%; block-size: .75rem;
  border: 1px solid var(--_edge); border-radius: 99px; background: var(--_track); overflow: hidden;
}
progress::-webkit-progress-bar { background: var(--_track) }
progress::-webkit-progress-value { background: var(--_accent); border-radius: 99px; transition: inline-size .6s ease-out }
progress::-moz-progress-bar { background: var(--_accent); border-radius: 99px }
.percent { font-variant-numeric: tabular-nums }
p, ul { margin: 0; padding: 0; list-style: none }
li { color: var(--_soft) }
@media (prefers-reduced-motion: reduce) { progress::-webkit-progress-value { transition: none } }
@media (forced-colors: active) { progress::-webkit-progress-value { background: Highlight } }
`,d;function w(){return d||(d=new CSSStyleSheet,d.replaceSync(A)),d}var E=document.currentScript instanceof HTMLScriptElement?document.currentScript.src:location.href,C=[3e3,2e4],p=class extends HTMLElement{static observedAttributes=["token-url","lang","api"];#s=this.attachShadow({mode:"open"});#n=a("div","place");#r=new AbortController;#a=0;#i=!1;#o=()=>this.refresh();#e=e=>{let r=e instanceof PageTransitionEvent&&e.persisted;r&&this.#t(null),(r||e.type==="visibilitychange"&&document.visibilityState==="visible")&&this.refresh()};connectedCallback(){try{this.#s.adoptedStyleSheets=[w()],this.#s.replaceChildren(this.#n)}catch{return}this.#i=!0,document.addEventListener("palier:changed",this.#o),document.addEventListener("visibilitychange",this.#e),addEventListener("pageshow",this.#e),this.refresh()}disconnectedCallback(){this.#i=!1,this.#l(),this.#t(null),document.removeEventListener("palier:changed",this.#o),document.removeEventListener("visibilitychange",this.#e),removeEventListener("pageshow",this.#e)}attributeChangedCallback(e,r,n){!this.#i||r===n||(e!=="lang"&&this.#t(null),this.refresh())}refresh(){this.#l(),this.#c(this.#r,0)}#l(){this.#r.abort(),this.#r=new AbortController,clearTimeout(this.#a)}async#c(e,r){let n=null,i=!1;try{let o=this.getAttribute("token-url"),l=o?await f(o,e.signal):"";i=!l,l&&(n=m(await b(this.#u(),l,e.signal)))}catch{}if(e.signal.aborted)return;this.#t(n);let s=C[r];!n&&!i&&s&&(this.#a=setTimeout(()=>{this.#c(e,r+1)},s))}#u(){let e=new URL(this.getAttribute("api")??new URL("v1/",E),location.href),r=new URL("me",e.href.endsWith("/")?e:`${e.href}/`),n=this.getAttribute("lang");return n?r.searchParams.set("language",n):document.documentElement.lang&&r.searchParams.set("page",document.documentElement.lang),r.href}#t(e){try{this.#n.replaceChildren(...e?[L(e)]:[])}catch{this.#n.replaceChildren()}}};function L(t){let e=a("div","head");t.tier&&e.append(a("span","tier",t.tier));let r=a("span","points",t.points);t.worth&&r.append(" ",a("span","worth",t.worth)),e.append(r);let n=a("div","card");if(n.lang=t.language,n.setAttribute("role","group"),n.setAttribute("aria-label",t.title),n.append(e),t.bar&&n.append(_(t.bar),a("p","text",t.bar.text)),t.lines.length){let i=a("ul","lines");i.append(...t.lines.map(s=>a("li","line",s))),n.append(i)}return n}function _(t){let e=document.createElement("progress");e.max=t.max,e.value=t.value,e.setAttribute("part","bar"),e.setAttribute("aria-label",t.label),e.setAttribute("aria-valuetext",t.text);let r=a("div","row"),n=a("span","percent",t.percent);return n.setAttribute("aria-hidden","true"),r.append(e,n),r}function a(t,e,r=""){let n=document.createElement(t);return n.className=e,n.setAttribute("part",e),n.textContent=r,n}try{customElements.get("palier-progress")||customElements.define("palier-progress",p)}catch{}})();
